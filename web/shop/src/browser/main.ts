// The storefront's script: each part looks for what it works with, and does nothing where that is not there.

import { buying, cartPage, count } from './cart';
import { forms } from './forms';
import { list } from './list';
import { ordering } from './order';

count();
list();
buying();
cartPage();
ordering();
forms();
