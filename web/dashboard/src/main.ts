// The dashboard's start.

import { mount } from 'svelte';
import App from './App.svelte';
import { router } from './lib/router.svelte';
import { language } from './text/locale';
import './styles/tokens.css';
import './styles/base.css';

document.documentElement.lang = language;
// The page is on its way while we learn who is there.
router.place.route.load().catch(() => {});
mount(App, { target: document.getElementById('app')! });
