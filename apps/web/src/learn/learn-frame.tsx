import { NavLink, Outlet } from 'react-router';
import './learn.css';

const rooms = [
  { to: '/learn/flow', name: 'Flow' },
  { to: '/learn/tokens', name: 'Tokens' },
  { to: '/learn/lab', name: 'Attack lab' },
  { to: '/learn/explained', name: 'Explained' },
  { to: '/learn/states', name: 'Failures' },
] as const;

/** The pages that explain what happens here, with the way between them. */
export function LearnFrame() {
  return (
    <div className="page learn">
      <nav aria-label="Learn" className="rooms">
        <ul className="plain">
          {rooms.map(({ to, name }) => (
            <li key={to}>
              <NavLink to={to}>{name}</NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}
