// The parts of the settings: which there are, and which role they need. The server decides all the same.

import type { Component } from 'svelte';
import type { Role, Site } from '../../api';
import type { t } from '../../text';
import Backup from './Backup.svelte';
import Changes from './Changes.svelte';
import CollectionSettings from './CollectionSettings.svelte';
import Data from './Data.svelte';
import Export from './Export.svelte';
import Identity from './Identity.svelte';
import Install from './Install.svelte';
import Keys from './Keys.svelte';
import Members from './Members.svelte';
import Shares from './Shares.svelte';
import SiteForm from './SiteForm.svelte';
import Voids from './Voids.svelte';

export interface PartProps {
  site: Site;
  /** Takes the site as it is after a change. */
  take: (site: Site) => void;
}

export interface Part {
  /** Its name in the address, by which its title is found. */
  name: keyof typeof t.settings.parts;
  role: Role;
  Body: Component<PartProps> | Component;
}

export const PARTS: Part[] = [
  { name: 'site', role: 'owner', Body: SiteForm },
  { name: 'install', role: 'editor', Body: Install },
  { name: 'identity', role: 'viewer', Body: Identity },
  { name: 'kept', role: 'owner', Body: CollectionSettings },
  { name: 'data', role: 'owner', Body: Data },
  { name: 'orders', role: 'editor', Body: Voids },
  { name: 'export', role: 'editor', Body: Export },
  { name: 'members', role: 'owner', Body: Members },
  { name: 'shares', role: 'owner', Body: Shares },
  { name: 'keys', role: 'owner', Body: Keys },
  { name: 'changes', role: 'owner', Body: Changes },
  { name: 'backup', role: 'owner', Body: Backup },
];
