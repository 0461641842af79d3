// The parts of the settings: which there are, and which role they need. The server decides all the same.

import type { Component } from 'svelte';
import type { Role, Site } from '../../api';
import Backup from './Backup.svelte';
import Changes from './Changes.svelte';
import Data from './Data.svelte';
import Export from './Export.svelte';
import Identity from './Identity.svelte';
import Install from './Install.svelte';
import Keys from './Keys.svelte';
import Kept from './Kept.svelte';
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
  name: string;
  title: string;
  role: Role;
  Body: Component<PartProps> | Component;
}

export const PARTS: Part[] = [
  { name: 'site', title: 'Site', role: 'owner', Body: SiteForm },
  { name: 'install', title: 'Snippet', role: 'editor', Body: Install },
  { name: 'identity', title: 'Identity and consent', role: 'viewer', Body: Identity },
  { name: 'kept', title: 'What is kept', role: 'owner', Body: Kept },
  { name: 'data', title: 'Retention and erasure', role: 'owner', Body: Data },
  { name: 'orders', title: 'Test orders', role: 'editor', Body: Voids },
  { name: 'export', title: 'Export', role: 'editor', Body: Export },
  { name: 'members', title: 'Members', role: 'owner', Body: Members },
  { name: 'shares', title: 'Shared links', role: 'owner', Body: Shares },
  { name: 'keys', title: 'Keys', role: 'owner', Body: Keys },
  { name: 'changes', title: 'Changes', role: 'owner', Body: Changes },
  { name: 'backup', title: 'Backup', role: 'owner', Body: Backup },
];
