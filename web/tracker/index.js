// For sites that are built with npm: puts the script's tag into the page, and calls it when it is there.

export const waymark = (...call) => {
  if (typeof window === 'undefined') return;
  window.waymark ??= function () {
    (window.waymark.q ??= []).push(arguments);
  };
  window.waymark(...call);
};

export const load = ({ src, ...options }) => {
  if (typeof document === 'undefined') return;
  const script = document.createElement('script');
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== false) script.dataset[name] = value === true ? '' : value;
  }
  script.src = src;
  document.head.append(script);
};
