// The English catalogue: one file for each area of the dashboard.

import { account } from './account';
import { common } from './common';
import { components } from './components';
import { definitions } from './definitions';
import { entry } from './entry';
import { errors } from './errors';
import { funnels } from './funnels';
import { goals } from './goals';
import { home } from './home';
import { journeys } from './journeys';
import { live } from './live';
import { newsite } from './newsite';
import { overview } from './overview';
import { rates } from './rates';
import { settings } from './settings';
import { shell } from './shell';
import { terms } from './terms';

export const en = {
  account,
  common,
  components,
  definitions,
  entry,
  errors,
  funnels,
  goals,
  home,
  journeys,
  live,
  newsite,
  overview,
  rates,
  settings,
  shell,
  terms,
};
