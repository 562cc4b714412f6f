import { EmbeddedDashboard } from './embedded-dashboard';

customElements.define('embedded-dashboard', EmbeddedDashboard);
