import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';
import './brand.css';
import './live-example.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component(
      'LiveExample',
      defineAsyncComponent(async () => (await import('./live-example.ts')).LiveExample),
    );
  },
} satisfies import('vitepress').Theme;
