// The tag that loaded the script, what its `data-` attributes ask for, and what its developers are told.

const TAG = 'script[data-site][src*=wm]';
/** Modules and loaders of scripts do not say which tag it is. */
const script = (document.currentScript || document.querySelector(TAG)) as HTMLScriptElement;
if (!script) throw 'no ' + TAG;

export const options = script.dataset;

/** An address beside the script's own. */
export const beside = (path: string): string => new URL(path, script.src) + '';

const auto = options.auto || '-';

/** Whether `data-auto` wants this capture: it lists the only ones, or after a `-` those left out. */
export const wants = (capture: string): boolean => (auto[0] == '-') != auto.includes(capture);

let said: unknown;

/** Says in the console why something is not counted: once, the first reason. `build.js` says so of what ends the script. */
export const say = (why: unknown): unknown =>
  why && !said && console.warn('Not counted by Waymark:', (said = why));
