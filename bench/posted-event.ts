const TYPES = ['bill_shock', 'call_center', 'app_bill_view', 'complaint'];

/** An event of one customer among many, as a CloudEvent of about 230 bytes. */
export function postedEvent(number: number, customers: number) {
  return {
    specversion: '1.0',
    id: `${number}`,
    source: 'urn:bench',
    type: TYPES[number % TYPES.length]!,
    time: new Date().toISOString(),
    subject: `K${(number * 104_729) % customers}`,
    data: { channel: 'app', screen: 'bill', session: `s${Math.floor(number / 100)}`, amount: (number % 100) * 1.25 },
  };
}
