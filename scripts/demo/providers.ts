import { emulatorSecretFile } from './data.ts';
import { type Brand, brands, credentialVariables, type DemoSettings, emulatorPort } from './settings.ts';

/** The BFF's client ids at the emulators (apps/idp/src/emulators/demo.ts). */
const emulatedClientIds: Readonly<Record<Brand, string>> = {
  google: 'coatcheck-demo',
  github: 'coatcheck-demo',
  facebook: '1234567890123456',
};

/** What people call them. */
export const brandLabels: Readonly<Record<Brand, string>> = {
  google: 'Google',
  github: 'GitHub',
  facebook: 'Facebook',
};

/** Where an emulator answers: another site than `localhost`, like the demo's own provider. */
export function emulatorUrlOf({ ports }: Pick<DemoSettings, 'ports'>, brand: Brand): string {
  return `http://127.0.0.1:${ports[emulatorPort(brand)]}`;
}

/** Google, GitHub and Facebook in the BFF's configuration: the real ones by their profiles, else the emulators. */
export function brandProviders(settings: DemoSettings): readonly object[] {
  return brands.map((brand) => {
    const profile = { id: brand, profile: brand };
    const clientId = settings.realClientIds.get(brand);
    if (clientId !== undefined) {
      return { ...profile, clientId, clientSecret: { env: credentialVariables(brand).secret } };
    }
    const url = emulatorUrlOf(settings, brand);
    return {
      ...profile,
      // Its people are not those of the real one.
      issuer: url,
      ...(brand !== 'google' && { endpoints: { web: url, api: url } }),
      clientId: emulatedClientIds[brand],
      clientSecret: { file: emulatorSecretFile(settings.dataDir, brand) },
    };
  });
}
