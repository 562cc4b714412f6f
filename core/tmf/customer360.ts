import type { CustomerPropensities } from '../../schemas/propensity-scores';
import type { JourneyReport } from '../../schemas/report';
import type { Customer360 } from '../../schemas/customer360';

/** Where a customer's view is, below the API. */
export function hrefOf(customer: string): string {
  return `/tmf-api/customer360/v5/customer360/${encodeURIComponent(customer)}`;
}

/**
 * What the hub knows of a customer in the shape of TM Forum's Customer360 (TMF717, release 5): who they are by the golden record, whom the
 * sources know, what they went through, and what is likely to happen.
 */
export function customer360(
  {
    customer,
    attributes,
    profiles,
    timeline,
  }: Pick<JourneyReport, 'customer' | 'attributes' | 'profiles' | 'timeline'>,
  { propensities }: Pick<CustomerPropensities, 'propensities'>,
): Customer360 {
  const name = [attributes['given_name'], attributes['family_name']].filter((part) => part !== undefined).join(' ');
  return {
    '@type': 'Customer360',
    id: customer,
    href: hrefOf(customer),
    ...(name !== '' && { name }),
    contactMedium: contactMediums(attributes),
    relatedParty: profiles.map(({ source, id }) => ({
      '@type': 'RelatedPartyRefOrPartyRoleRef',
      role: source,
      partyOrPartyRole: { '@type': 'PartyRef', '@referredType': 'Individual', id },
    })),
    partyInteraction: timeline.steps.map(({ step, channel, at }) => ({
      '@type': 'PartyInteraction',
      description: step,
      interactionDate: { startDateTime: at },
      relatedChannel: [{ '@type': 'RelatedChannel', role: 'contact', channel: { '@type': 'ChannelRef', id: channel } }],
    })),
    characteristic: propensities.map(({ model, score }) => ({
      '@type': 'NumberCharacteristic',
      name: `propensity.${model}`,
      valueType: 'number',
      value: score,
    })),
  };
}

function contactMediums(attributes: JourneyReport['attributes']): Customer360['contactMedium'] {
  const { email, phone, city } = attributes;
  return [
    ...(email === undefined ? [] : [{ '@type': 'EmailContactMedium', contactType: 'email', emailAddress: email }]),
    ...(phone === undefined ? [] : [{ '@type': 'PhoneContactMedium', contactType: 'phone', phoneNumber: phone }]),
    ...(city === undefined ? [] : [{ '@type': 'GeographicAddressContactMedium', contactType: 'address', city }]),
  ];
}
