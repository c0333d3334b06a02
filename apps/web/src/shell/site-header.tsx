import { LogoutButton, useSession } from '@coatcheck/react';
import { useLanguage, useTexts } from '../language/language.tsx';
import { PageLink } from './page-link.tsx';
import { SignInLink } from './sign-in-link.tsx';
import { TicketMark } from './ticket-mark.tsx';

export function SiteHeader() {
  const session = useSession();
  const { shell } = useTexts();
  const isAdmin = session.status === 'signed-in' && session.roles.includes('admin');
  return (
    <header className="site-header">
      <PageLink to="/" className="brand">
        <TicketMark />
        Coatcheck
      </PageLink>
      <nav aria-label={shell.main}>
        <ul className="plain">
          <li>
            <PageLink to="/">{shell.home}</PageLink>
          </li>
          <li>
            <PageLink to="/notes">{shell.notes}</PageLink>
          </li>
          <li>
            <PageLink to="/learn">{shell.learn}</PageLink>
          </li>
          {isAdmin && (
            <li>
              <PageLink to="/admin">{shell.admin}</PageLink>
            </li>
          )}
        </ul>
      </nav>
      <OtherLanguage />
      <Account />
    </header>
  );
}

function OtherLanguage() {
  const { language, texts, change } = useLanguage();
  const { code, name } = texts.shell.otherLanguage;
  return (
    <button
      type="button"
      className="link-button other-language small"
      lang={code}
      onClick={() => void change(language === 'de' ? 'en' : 'de')}
    >
      {name}
    </button>
  );
}

function Account() {
  const session = useSession();
  const { shell } = useTexts();
  switch (session.status) {
    case 'signed-in':
      return (
        <div className="account">
          <PageLink to="/profile" className="who" title={shell.profile}>
            {session.user.name ?? session.user.email ?? session.user.sub}
          </PageLink>
          <LogoutButton className="button quiet compact">{shell.signOut}</LogoutButton>
        </div>
      );
    case 'signing-out':
      return <p className="account soft small">{shell.signingOut}</p>;
    case 'signed-out':
      return (
        <div className="account">
          <SignInLink className="button compact">{shell.signIn}</SignInLink>
        </div>
      );
    case 'loading':
    case 'unavailable':
      return <div className="account" />;
  }
}
