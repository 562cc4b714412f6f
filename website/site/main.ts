import { HubApp } from './hub-app';
import { SignIn } from './sign-in';

customElements.define('hub-sign-in', SignIn);
customElements.define('hub-app', HubApp);
