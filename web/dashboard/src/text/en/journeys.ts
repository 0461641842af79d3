// Texts of `src/pages/journeys`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const journeys = {};
