import { customer360 } from '../../../core/tmf/customer360';
import { customer360Schema } from '../../../schemas/customer360';

const report = {
  customer: 'C/1',
  attributes: { given_name: 'Ada', family_name: 'Lovelace', email: 'ada@example.com', city: 'Bonn' },
  profiles: [{ source: 'crm', id: 'K1', rule: 'r', confidence: 1 }],
  timeline: { total: 9, steps: [{ step: 'bill_shock', channel: 'app', at: '2026-01-02T03:04:05.000Z' }] },
};
const propensities = [{ model: 'churn', score: 0.25 }] as Parameters<typeof customer360>[1]['propensities'];

it('a customer has the shape of TMF717', () => {
  const view = customer360(report, { propensities });
  expect(customer360Schema.parse(view)).toEqual(view);
  expect(view).toEqual({
    '@type': 'Customer360',
    id: 'C/1',
    href: '/tmf-api/customer360/v5/customer360/C%2F1',
    name: 'Ada Lovelace',
    contactMedium: [
      { '@type': 'EmailContactMedium', contactType: 'email', emailAddress: 'ada@example.com' },
      { '@type': 'GeographicAddressContactMedium', contactType: 'address', city: 'Bonn' },
    ],
    relatedParty: [
      {
        '@type': 'RelatedPartyRefOrPartyRoleRef',
        role: 'crm',
        partyOrPartyRole: { '@type': 'PartyRef', '@referredType': 'Individual', id: 'K1' },
      },
    ],
    partyInteraction: [
      {
        '@type': 'PartyInteraction',
        description: 'bill_shock',
        interactionDate: { startDateTime: '2026-01-02T03:04:05.000Z' },
        relatedChannel: [{ '@type': 'RelatedChannel', role: 'contact', channel: { '@type': 'ChannelRef', id: 'app' } }],
      },
    ],
    characteristic: [{ '@type': 'NumberCharacteristic', name: 'propensity.churn', valueType: 'number', value: 0.25 }],
  });
});

it('what the hub does not know of a customer is left out', () => {
  const view = customer360({ ...report, attributes: {}, profiles: [] }, { propensities: [] });
  expect(view).toMatchObject({ contactMedium: [], relatedParty: [], characteristic: [] });
  expect(view).not.toHaveProperty('name');
});
