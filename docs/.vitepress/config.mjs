import { defineConfig } from 'vitepress';
import { withoutLinksToFiles } from './links.mjs';
import { COPIES, copyPages } from './pages.mjs';
import { sidebarOf } from './sidebar.mjs';

copyPages();

/** README.md and the pages beside it are pages too, so that their links lead on. Whatever is linked and is not there ends the build. */
export default defineConfig({
  title: 'routing-controllers-users',
  description: 'User management for apps on routing-controllers, TypeORM and typedi',
  srcDir: COPIES,
  rewrites: { 'README.md': 'index.md' },
  cleanUrls: true,
  markdown: { config: withoutLinksToFiles },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: sidebarOf('README.md'),
  },
});
