import { useTexts } from '../language/language.tsx';
import { SignInLink } from './sign-in-link.tsx';
import { useProviders } from './use-providers.ts';

/** Links to sign in at the other providers; the first one has a button of its own wherever this stands. */
export function ProviderChoice() {
  const { signIn } = useTexts();
  const asked = useProviders();
  const [, ...others] = asked.status === 'loaded' ? asked.providers : [];
  if (others.length === 0) return null;
  return (
    <ul className="plain row" aria-label={signIn.others}>
      {others.map(({ id, label }) => (
        <li key={id}>
          <SignInLink className="button quiet" provider={id}>
            {signIn.continueWith(label)}
          </SignInLink>
        </li>
      ))}
    </ul>
  );
}
