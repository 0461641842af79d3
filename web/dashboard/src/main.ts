// The dashboard's start.

import { mount } from 'svelte';
import App from './App.svelte';
import { router } from './lib/router.svelte';
import './styles/tokens.css';
import './styles/base.css';

// The page is on its way while we learn who is there.
router.place.route.load().catch(() => {});
mount(App, { target: document.getElementById('app')! });
