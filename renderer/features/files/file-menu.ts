import type { MenuItem } from '../../ui/menu.ts';
import type { FilesState } from './files.svelte.ts';

/** What can be done with the file of one photo; `available` is false while it cannot be reached. */
export function fileMenu(photo: number, available: boolean, files: FilesState): MenuItem[] {
  return [
    {
      label: 'Show in the file manager',
      icon: 'folder',
      apart: true,
      disabled: !available,
      run: () => void files.reveal(photo),
    },
    {
      label: 'Open in another program',
      icon: 'open',
      disabled: !available,
      run: () => void files.open(photo),
    },
    {
      label: 'Copy to a folder…',
      icon: 'download',
      disabled: !available,
      run: () => void files.copy([photo]),
    },
    { label: 'Copy the path', icon: 'copy', run: () => void files.copyPaths([photo]) },
  ];
}
