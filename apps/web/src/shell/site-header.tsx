import { LoginLink, LogoutButton, useSession } from '@coatcheck/react';
import { NavLink } from 'react-router';
import { TicketMark } from './ticket-mark.tsx';

export function SiteHeader() {
  const session = useSession();
  const isAdmin = session.status === 'signed-in' && session.roles.includes('admin');
  return (
    <header className="site-header">
      <NavLink to="/" className="brand">
        <TicketMark />
        Coatcheck
      </NavLink>
      <nav aria-label="Main">
        <ul className="plain">
          <li>
            <NavLink to="/" end>
              Home
            </NavLink>
          </li>
          <li>
            <NavLink to="/notes">Notes</NavLink>
          </li>
          <li>
            <NavLink to="/learn">Learn</NavLink>
          </li>
          {isAdmin && (
            <li>
              <NavLink to="/admin">Admin</NavLink>
            </li>
          )}
        </ul>
      </nav>
      <Account />
    </header>
  );
}

function Account() {
  const session = useSession();
  switch (session.status) {
    case 'signed-in':
      return (
        <div className="account">
          <NavLink to="/profile" className="who" title="Profile">
            {session.user.name ?? session.user.email ?? session.user.sub}
          </NavLink>
          <LogoutButton className="button quiet compact" />
        </div>
      );
    case 'signing-out':
      return <p className="account soft small">Signing out…</p>;
    case 'signed-out':
      return (
        <div className="account">
          <LoginLink className="button compact" onError="return" />
        </div>
      );
    case 'loading':
    case 'unavailable':
      return <div className="account" />;
  }
}
