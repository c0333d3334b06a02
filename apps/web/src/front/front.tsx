import { HomePage } from '../home/home-page.tsx';
import { Frame } from '../shell/frame.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';

/** The pages for everybody: what a first visit loads. */
export function createPages() {
  const Page = location.pathname === '/sign-in' ? SignInPage : HomePage;
  return function FrontPages() {
    return (
      <Frame>
        <Page />
      </Frame>
    );
  };
}
