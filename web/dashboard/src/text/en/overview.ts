// Texts of `src/pages/overview`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const overview = {};
