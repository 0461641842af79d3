// What is on sale. Numbers, categories and prices are those of the simulated shop of seed 1 (`crates/sim`), so that a click
// here counts beside the simulated ones; names, texts and drawings are this storefront's own.

import type { Drawing } from './drawings/all';

/** Where the shop lies on its server. */
export const FOLDER = '/shop';

export interface Product {
  sku: string;
  category: Category;
  /** Cents of EUR. */
  price: number;
  name: string;
  /** Why one would want it, in a few words. */
  line: string;
  text: string;
  facts: [string, string][];
  drink: 'coffee' | 'tea' | 'both';
  drawing: Drawing;
  tone: Tone;
}

export type Tone = 'clay' | 'sage' | 'sky' | 'straw' | 'plum' | 'slate';

/** Categories with their headings, in the order of the navigation. */
export const CATEGORIES = {
  beans: 'Coffee beans',
  teas: 'Teas',
  kettles: 'Kettles',
  drippers: 'Drippers',
  filters: 'Filters',
  grinders: 'Grinders',
  machines: 'Machines',
  scales: 'Scales',
  carafes: 'Carafes',
  mugs: 'Mugs and cups',
  cleaning: 'Cleaning',
  gifts: 'Gifts',
} as const;

export type Category = keyof typeof CATEGORIES;

/** The path of a product's page. */
export const pageOf = ({ category, sku }: Product): string => `/p/${category}-${sku}`;

export const PRODUCTS: Product[] = [
  {
    sku: 'sku-0001',
    category: 'teas',
    price: 4490,
    name: 'Mountain oolong, 250 g',
    line: 'Half way between green and black',
    text: 'Rolled leaves that open slowly, over five or six short infusions. The first is all flowers, the last is honey.',
    facts: [
      ['Leaf', 'rolled, lightly roasted'],
      ['Water', '90 °C'],
      ['First infusion', '45 seconds'],
    ],
    drink: 'tea',
    drawing: 'tin',
    tone: 'sage',
  },
  {
    sku: 'sku-0002',
    category: 'beans',
    price: 7190,
    name: 'Espresso blend, 3 kg',
    line: 'Chocolate first, then cherries',
    text: 'The blend for a machine that is used all day. Three bags of one kilogram, each with a valve, so that two stay fresh while one is open.',
    facts: [
      ['Roast', 'medium dark'],
      ['For', 'espresso, moka pot'],
      ['Contents', '3 bags of 1 kg'],
    ],
    drink: 'coffee',
    drawing: 'bags',
    tone: 'clay',
  },
  {
    sku: 'sku-0003',
    category: 'filters',
    price: 990,
    name: 'Paper cones, 100 sheets',
    line: 'Unbleached, and strong when wet',
    text: 'Paper that lets the oils of the coffee through as far as paper can. Rinse it once with hot water before the coffee goes in.',
    facts: [
      ['Size', '1 to 4 cups'],
      ['Contents', '100 sheets'],
      ['Compost', 'yes, coffee and all'],
    ],
    drink: 'coffee',
    drawing: 'cones',
    tone: 'straw',
  },
  {
    sku: 'sku-0004',
    category: 'drippers',
    price: 2090,
    name: 'Stoneware dripper',
    line: 'Heavy, and so it stays warm',
    text: 'Fired in one piece, with ridges that keep the paper off the wall. It sits on any mug and on most carafes.',
    facts: [
      ['Size', '1 to 2 cups'],
      ['Material', 'glazed stoneware'],
      ['Dishwasher', 'yes'],
    ],
    drink: 'coffee',
    drawing: 'dripper',
    tone: 'sky',
  },
  {
    sku: 'sku-0005',
    category: 'filters',
    price: 3890,
    name: 'Steel cone, for good',
    line: 'The last filter you buy',
    text: 'Two layers of fine mesh instead of paper. The cup becomes fuller, and a spoonful of fine grounds comes with it.',
    facts: [
      ['Size', '1 to 4 cups'],
      ['Material', 'stainless steel'],
      ['Clean', 'rinse at once'],
    ],
    drink: 'coffee',
    drawing: 'steel',
    tone: 'slate',
  },
  {
    sku: 'sku-0006',
    category: 'cleaning',
    price: 4790,
    name: 'Descaling set',
    line: 'For a year of hard water',
    text: 'Twelve measures of citric acid and a brush that reaches to the bottom of a kettle. What is left can go down the drain.',
    facts: [
      ['Contents', '12 measures, 1 brush'],
      ['For', 'kettles and machines'],
      ['Scent', 'none'],
    ],
    drink: 'both',
    drawing: 'bottle',
    tone: 'sky',
  },
  {
    sku: 'sku-0008',
    category: 'teas',
    price: 18590,
    name: 'Aged tea cakes, set of five',
    line: 'Pressed, wrapped, and patient',
    text: 'Five cakes of dark tea, each from another year. Break off a corner, rinse it, and give it ten infusions.',
    facts: [
      ['Contents', '5 cakes of 200 g'],
      ['Water', '100 °C'],
      ['Keeps', 'for decades'],
    ],
    drink: 'tea',
    drawing: 'cake',
    tone: 'plum',
  },
  {
    sku: 'sku-0009',
    category: 'teas',
    price: 3890,
    name: 'First flush, 200 g',
    line: 'Spring, in a tin',
    text: 'The first leaves of the year, light in the cup and a little green at the edge. Best without milk, and within the year.',
    facts: [
      ['Leaf', 'whole, black'],
      ['Water', '85 °C'],
      ['Infusion', '3 minutes'],
    ],
    drink: 'tea',
    drawing: 'caddy',
    tone: 'straw',
  },
  {
    sku: 'sku-0010',
    category: 'kettles',
    price: 5390,
    name: 'Gooseneck kettle',
    line: 'Pours where you look',
    text: 'A long, thin spout for a slow and even pour. For gas and induction; the handle stays cool for as long as a brew takes.',
    facts: [
      ['Holds', '0.9 l'],
      ['Material', 'stainless steel, beech'],
      ['Hob', 'gas, electric, induction'],
    ],
    drink: 'both',
    drawing: 'gooseneck',
    tone: 'slate',
  },
  {
    sku: 'sku-0013',
    category: 'scales',
    price: 5890,
    name: 'Brewing scale',
    line: 'Grams and seconds, side by side',
    text: 'It starts its clock with the first drop and shows how fast you pour. Charged once, it lasts for a month of breakfasts.',
    facts: [
      ['Weighs', 'up to 2 kg, by 0.1 g'],
      ['Clock', 'starts by itself'],
      ['Charge', 'USB-C'],
    ],
    drink: 'coffee',
    drawing: 'scale',
    tone: 'slate',
  },
  {
    sku: 'sku-0014',
    category: 'kettles',
    price: 1190,
    name: 'Camping kettle',
    line: 'Light enough to forget',
    text: 'A small kettle of aluminium with a folding handle. It boils half a litre on the smallest stove.',
    facts: [
      ['Holds', '0.5 l'],
      ['Weight', '140 g'],
      ['Material', 'aluminium'],
    ],
    drink: 'both',
    drawing: 'camping',
    tone: 'clay',
  },
  {
    sku: 'sku-0015',
    category: 'grinders',
    price: 1090,
    name: 'Spice and tea mill',
    line: 'Turns by hand, in the hand',
    text: 'For cardamom, cinnamon and a chai that is made from whole spices. Not for coffee: its teeth are too coarse.',
    facts: [
      ['Holds', '20 g'],
      ['Material', 'glass, ceramic'],
      ['Dishwasher', 'the glass, yes'],
    ],
    drink: 'tea',
    drawing: 'mill',
    tone: 'sage',
  },
  {
    sku: 'sku-0016',
    category: 'drippers',
    price: 3990,
    name: 'Glass dripper on a stand',
    line: 'You can see it bloom',
    text: 'A cone of heat-proof glass on a stand of oak, high enough for any mug you have.',
    facts: [
      ['Size', '1 to 4 cups'],
      ['Material', 'glass, oak'],
      ['Height', '22 cm'],
    ],
    drink: 'coffee',
    drawing: 'stand',
    tone: 'sage',
  },
  {
    sku: 'sku-0018',
    category: 'carafes',
    price: 1990,
    name: 'Glass carafe',
    line: 'Six hundred millilitres, marked',
    text: 'Thin glass with a mark for every cup, and a lid that keeps the steam in while you pour.',
    facts: [
      ['Holds', '0.6 l'],
      ['Material', 'heat-proof glass'],
      ['Dishwasher', 'yes'],
    ],
    drink: 'both',
    drawing: 'carafe',
    tone: 'sky',
  },
  {
    sku: 'sku-0024',
    category: 'beans',
    price: 890,
    name: 'House blend, 250 g',
    line: 'The one for every morning',
    text: 'Nuts and a little orange. It forgives water that is too hot and scales that are not there.',
    facts: [
      ['Roast', 'medium'],
      ['For', 'filter, French press'],
      ['Contents', '250 g, whole'],
    ],
    drink: 'coffee',
    drawing: 'bag',
    tone: 'straw',
  },
  {
    sku: 'sku-0028',
    category: 'machines',
    price: 3290,
    name: 'Moka pot, six cups',
    line: 'Eight sides and no electronics',
    text: 'Water below, coffee in the middle, and patience on top. Take it off the hob when it begins to sing.',
    facts: [
      ['Makes', '6 small cups'],
      ['Material', 'aluminium'],
      ['Hob', 'gas, electric'],
    ],
    drink: 'coffee',
    drawing: 'moka',
    tone: 'plum',
  },
  {
    sku: 'sku-0029',
    category: 'gifts',
    price: 5990,
    name: 'First brew, gift box',
    line: 'All one needs to begin',
    text: 'A dripper, forty sheets of paper, a bag of the house blend and the brewing guide, in a box that needs no wrapping.',
    facts: [
      ['Contents', '4 things'],
      ['Box', 'card, tied with ribbon'],
      ['Card', 'blank, for your words'],
    ],
    drink: 'coffee',
    drawing: 'gift',
    tone: 'clay',
  },
  {
    sku: 'sku-0030',
    category: 'grinders',
    price: 4690,
    name: 'Table mill',
    line: 'Forty turns for a cup',
    text: 'Steel burrs in a box of walnut, with a drawer for the grounds. The wheel under the crank sets how fine.',
    facts: [
      ['Holds', '35 g'],
      ['Burrs', 'hardened steel'],
      ['Grind', 'from moka to French press'],
    ],
    drink: 'coffee',
    drawing: 'box',
    tone: 'straw',
  },
  {
    sku: 'sku-0033',
    category: 'mugs',
    price: 690,
    name: 'Enamel mug',
    line: 'Chips, and does not mind',
    text: 'Steel under white enamel, with a rim of blue. It goes on the fire, and to the bottom of a rucksack.',
    facts: [
      ['Holds', '0.35 l'],
      ['Material', 'enamelled steel'],
      ['Hob', 'yes; microwave, no'],
    ],
    drink: 'both',
    drawing: 'mug',
    tone: 'sky',
  },
  {
    sku: 'sku-0035',
    category: 'mugs',
    price: 2990,
    name: 'Two porcelain bowls',
    line: 'Warm in both hands',
    text: 'Thin at the lip and thick at the foot, without a handle: when it is too hot to hold, it is too hot to drink.',
    facts: [
      ['Holds', '0.2 l each'],
      ['Material', 'porcelain'],
      ['Dishwasher', 'yes'],
    ],
    drink: 'tea',
    drawing: 'bowls',
    tone: 'plum',
  },
];
