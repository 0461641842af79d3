// The tag that loaded the script, and what its `data-` attributes ask for.

const script = document.currentScript as HTMLScriptElement;

export const options = script.dataset;

/** An address beside the script's own. */
export const beside = (path: string): string => new URL(path, script.src) + '';

const auto = options.auto || '-';

/** Whether `data-auto` wants this capture: it lists the only ones, or after a `-` those left out. */
export const wants = (capture: string): boolean => (auto[0] == '-') != auto.includes(capture);
