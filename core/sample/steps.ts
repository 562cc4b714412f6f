/** The seven systems, and which step types each of them records. */
export const systems = {
  crm: ['activation', 'address_change', 'promo_email', 'promo_sms', 'winback_offer', 'churn'],
  billing: [
    'bill_issued',
    'bill_shock',
    'bill_payment',
    'late_payment',
    'payment_reminder',
    'autopay_setup',
    'plan_upgrade',
    'plan_downgrade',
    'addon_purchase',
    'roaming_pack',
  ],
  web: ['web_login', 'web_bill_view', 'web_plan_compare', 'web_faq', 'web_logout', 'promo_click'],
  app: ['app_login', 'app_bill_view', 'app_usage_view', 'app_plan_view', 'app_logout', 'speed_test'],
  'call-centre': [
    'call_center',
    'ivr_menu',
    'agent_transfer',
    'complaint',
    'callback_request',
    'retention_offer',
    'port_out_request',
  ],
  shops: ['store_visit', 'device_purchase'],
  network: ['outage', 'outage_resolved', 'tech_support_ticket', 'technician_visit', 'data_limit_reached'],
} as const;

export type System = keyof typeof systems;
export type Step = (typeof systems)[System][number];

const systemByStep = new Map<Step, System>(
  Object.entries(systems).flatMap(([system, steps]) => steps.map((step): [Step, System] => [step, system as System])),
);

export function systemOf(step: Step): System {
  return systemByStep.get(step)!;
}

/** A journey with cause and effect that a share of the customers walks. */
export interface PlantedJourney {
  readonly name: string;
  /** Share of all customers. */
  readonly share: number;
  readonly steps: readonly Step[];
}

export const plantedJourneys: readonly PlantedJourney[] = [
  planted('bill-shock-offer-churn', 0.03, 'bill_shock', 'app_bill_view', 'call_center', 'retention_offer', 'churn'),
  planted('bill-shock-complaint-churn', 0.012, 'bill_shock', 'web_bill_view', 'complaint', 'agent_transfer', 'churn'),
  planted(
    'outage-complaint-churn',
    0.015,
    'outage',
    'tech_support_ticket',
    'technician_visit',
    'complaint',
    'call_center',
    'churn',
  ),
  planted(
    'data-limit-port-out',
    0.01,
    'data_limit_reached',
    'app_plan_view',
    'port_out_request',
    'retention_offer',
    'churn',
  ),
  planted('late-payment-churn', 0.008, 'late_payment', 'payment_reminder', 'ivr_menu', 'port_out_request', 'churn'),
  planted('bill-shock-add-on', 0.025, 'bill_shock', 'app_bill_view', 'app_usage_view', 'addon_purchase'),
  planted('bill-shock-saved', 0.02, 'bill_shock', 'call_center', 'agent_transfer', 'bill_payment', 'autopay_setup'),
  planted('outage-resolved', 0.04, 'outage', 'speed_test', 'tech_support_ticket', 'outage_resolved'),
  planted('data-limit-upgrade', 0.02, 'data_limit_reached', 'app_usage_view', 'app_plan_view', 'plan_upgrade'),
  planted('promo-upgrade', 0.05, 'promo_email', 'promo_click', 'web_plan_compare', 'plan_upgrade'),
];

function planted(name: string, share: number, ...steps: Step[]): PlantedJourney {
  return { name, share, steps };
}
