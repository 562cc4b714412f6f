import { temporalSecurity } from '../../../workers/temporal-connection';

describe('the security of connections to Temporal', () => {
  it('is none where the environment says nothing, or nothing yet', () => {
    expect(temporalSecurity({})).toEqual({});
    expect(temporalSecurity({ TEMPORAL_API_KEY: '', TEMPORAL_TLS: '' })).toEqual({});
  });

  it('with a key is TLS, too', () => {
    expect(temporalSecurity({ TEMPORAL_API_KEY: 'a key' })).toMatchObject({ apiKey: 'a key', tls: true });
  });

  it('has the certificates and the name of the server that the environment tells', () => {
    const environment = {
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_NAME: 'temporal.example',
      TEMPORAL_TLS_CLIENT_CERT_DATA: 'certificate',
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
    };
    expect(temporalSecurity(environment).tls).toMatchObject({
      serverNameOverride: 'temporal.example',
      clientCertPair: { crt: Buffer.from('certificate'), key: Buffer.from('key') },
    });
  });

  it.each(['yes', 'ture', 'required'])('is not guessed from TEMPORAL_TLS=%s', (TEMPORAL_TLS) => {
    expect(() => temporalSecurity({ TEMPORAL_TLS })).toThrow(
      expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(TEMPORAL_TLS) }),
    );
  });

  it('never sends a key unencrypted', () => {
    expect(() => temporalSecurity({ TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'a key' })).toThrow(/needs TLS/);
  });
});
