import { LoginLink, type LoginLinkProps } from '@coatcheck/react';
import { useLanguage } from '../language/language.tsx';

/** A sign-in in the language of the page; one that fails comes back to it. */
export function SignInLink(props: LoginLinkProps) {
  const { language } = useLanguage();
  return <LoginLink onError="return" uiLocales={language} {...props} />;
}
