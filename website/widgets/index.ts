import { JourneyFrequency } from './journey-frequency';
import { JourneyTimeline } from './journey-timeline';
import { KpiTile } from './kpi-tile';
import { MilestoneFunnel } from './milestone-funnel';
import { PropensityScore } from './propensity-score';
import { SimilarCustomers } from './similar-customers';
import { registerTokens } from './tokens';

export { configure } from './settings';

registerTokens();
customElements.define('journey-frequency', JourneyFrequency);
customElements.define('journey-timeline', JourneyTimeline);
customElements.define('similar-customers', SimilarCustomers);
customElements.define('propensity-score', PropensityScore);
customElements.define('milestone-funnel', MilestoneFunnel);
customElements.define('kpi-tile', KpiTile);
