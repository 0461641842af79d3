// What browsers have that TypeScript's library does not list yet.

interface Navigator {
  globalPrivacyControl?: boolean;
}

interface Document {
  prerendering?: boolean;
}
