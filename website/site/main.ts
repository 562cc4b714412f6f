import { HubApp } from './hub-app';

customElements.define('hub-app', HubApp);
