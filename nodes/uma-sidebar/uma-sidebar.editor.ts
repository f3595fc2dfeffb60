/** The tab *permissions* of the editor's sidebar. */
import { publish } from '../editor/publish.ts';
import { addSidebar } from '../editor/sidebar/tab.ts';

publish('uma-sidebar', { add: addSidebar });
