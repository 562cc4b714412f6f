import { cloudEventOf } from '../../../core/tmf/cloud-event-of';
import { cloudEvent } from '../../../schemas/cloud-event';
import { tmfEvent } from '../../../schemas/tmf-event';

const told = (event: object) => cloudEvent.parse(cloudEventOf(tmfEvent.parse(event)));

/** As TMF683 has it in its release 4. */
const interaction4 = {
  eventId: '11',
  eventTime: '2026-01-05T10:00:00.000Z',
  eventType: 'PartyInteractionStatusChangeEvent',
  timeOcurred: '2026-01-05T09:59:00.000Z',
  domain: 'Care',
  event: {
    partyInteraction: {
      id: '5',
      status: 'completed',
      channel: [{ id: '8', name: 'Call Centre', role: 'inbound' }],
      relatedParty: [
        { id: 'A7', role: 'Agent' },
        { id: 'C42', role: 'Customer', '@referredType': 'Individual' },
      ],
    },
  },
};

it('release 4: a change of status, a channel, the related party who is the customer', () => {
  expect(told(interaction4)).toMatchObject({
    ...{ id: '11', time: '2026-01-05T10:00:00.000Z', type: 'PartyInteractionStateChangeEvent', subject: 'C42' },
    ...{ source: 'urn:tmf:partyInteraction:Care', step: 'party_interaction_completed' },
    data: { channel: 'Call Centre', state: 'completed', resource: interaction4.event.partyInteraction },
  });
});

it('release 5: the same in its words', () => {
  const interaction5 = {
    ...{ eventId: '12', eventType: 'PartyInteractionStateChangeEvent', timeOccurred: '2026-01-05T10:00:00+01:00' },
    reportingSystem: { id: '427', name: 'Contact desk', '@type': 'ReportingResource' },
    event: {
      partyInteraction: {
        id: '5',
        status: 'completed',
        relatedChannel: [{ role: 'used', channel: { id: '8', name: 'Call Centre' } }],
        relatedParty: [
          { role: 'agent', partyOrPartyRole: { id: 'A7', '@referredType': 'Individual' } },
          { role: 'party', partyOrPartyRole: { id: 'C42', '@referredType': 'Customer' } },
        ],
      },
    },
  };
  expect(told(interaction5)).toMatchObject({
    ...{ time: '2026-01-05T10:00:00+01:00', source: 'urn:tmf:partyInteraction:Contact%20desk', subject: 'C42' },
    ...{ type: 'PartyInteractionStateChangeEvent', step: 'party_interaction_completed' },
    data: { channel: 'Call Centre' },
  });
});

it.each([
  ['TroubleTicketCreateEvent', 'troubleTicket', { state: 'acknowledged' }, 'trouble_ticket_created'],
  ['TroubleTicketStatusChangeEvent', 'troubleTicket', { status: 'inProgress' }, 'trouble_ticket_in_progress'],
  ['TroubleTicketAttributeValueChangeEvent', 'troubleTicket', {}, 'trouble_ticket_attribute_value_change'],
  ['TroubleTicketInformationRequiredEvent', 'troubleTicket', {}, 'trouble_ticket_information_required'],
  ['ProductOrderStateChangeEvent', 'productOrder', { state: 'completed' }, 'product_order_completed'],
  ['ProductOrderStateChangeEvent', 'productOrder', {}, 'product_order_state_change'],
  ['CustomerDeleteEvent', 'customer', {}, 'customer_deleted'],
  ['IndividualStateChangeEvent', 'individual', { status: 'Pending Validation' }, 'individual_pending_validation'],
])('%s of %s %j is the step %s', (eventType, name, resource, step) => {
  expect(told({ eventId: '1', eventType, event: { [name]: resource } })['step']).toBe(step);
});

it('a party is its own subject, and told as a person, of either release', () => {
  const of = (contactMedium: object[]) => ({
    ...{ eventId: '1', eventType: 'IndividualCreateEvent', eventTime: '2026-01-05T10:00:00Z' },
    event: {
      individual: { id: 'P1', givenName: 'Ada', familyName: 'King', birthDate: '1980-02-29T00:00:00Z', contactMedium },
    },
  });
  const person = {
    ...{ given_name: 'Ada', family_name: 'King', birth_date: '1980-02-29' },
    ...{ email: 'ada@example.com', phone: '+49301' },
  };
  const media4 = [
    { mediumType: 'email', characteristic: { emailAddress: 'ada@example.com' } },
    { mediumType: 'phone', characteristic: { phoneNumber: '+49301' } },
  ];
  const media5 = [
    { '@type': 'EmailContactMedium', emailAddress: 'ada@example.com' },
    { '@type': 'PhoneContactMedium', phoneNumber: '+49301' },
  ];
  for (const media of [media4, media5]) expect(told(of(media))).toMatchObject({ subject: 'P1', data: { person } });
});

it('what a resource does not tell is left out', () => {
  const bare = told({
    eventId: '1',
    eventType: 'TroubleTicketCreateEvent',
    event: { troubleTicket: { relatedParty: null, channel: 7 } },
  });
  expect(bare).toMatchObject({ source: 'urn:tmf:troubleTicket:unknown', data: { person: {} } });
  expect([bare.subject, bare.time]).toEqual([undefined, undefined]);
});

it.each([
  ['no id', { eventId: undefined }, 'eventId'],
  ['a type that is none', { eventType: 'Ticket Created' }, 'eventType'],
  ['two resources', { event: { a: {}, b: {} } }, 'event'],
  ['a time without a zone', { eventTime: '2026-01-05T10:00:00' }, 'eventTime'],
])('an event with %s is refused', (_what, changes, field) => {
  const result = tmfEvent.safeParse({ ...interaction4, ...changes });
  expect(result.error!.issues.map(({ path }) => path.join('.'))).toEqual([field]);
});
