//! What the shop sells and the pages it has. All texts are made once here; events refer to them by index.

use crate::dice::{Dice, Weighted};

/// Products on sale.
pub(crate) const PRODUCTS: u32 = 500;
/// Articles of the blog.
const ARTICLES: u16 = 40;
/// Categories, `/c/NAME`.
const CATEGORIES: [&str; 12] = [
    "kettles", "grinders", "mugs", "filters", "beans", "teas", "scales", "carafes", "drippers", "machines",
    "cleaning", "gifts",
];

/// Index of a page in [`Catalogue::page`].
pub(crate) type PageId = u16;
/// Index of a product.
pub(crate) type ItemId = u16;

/// The fixed pages, in the order in which the catalogue holds them.
pub(crate) const HOME: PageId = 0;
pub(crate) const CART: PageId = 1;
pub(crate) const CHECKOUT: PageId = 2;
pub(crate) const DETAILS: PageId = 3;
pub(crate) const THANKS: PageId = 4;
pub(crate) const RETURNS: PageId = 5;
pub(crate) const REGISTER: PageId = 6;
const FIXED: [&str; 7] =
    ["/", "/cart", "/checkout", "/checkout/details", "/thank-you", "/account/returns", "/account/new"];
const FIRST_CATEGORY: PageId = FIXED.len() as PageId;
const FIRST_ARTICLE: PageId = FIRST_CATEGORY + CATEGORIES.len() as PageId;
const FIRST_PRODUCT: PageId = FIRST_ARTICLE + ARTICLES;

const SHOP_HOST: &str = "www.shop.example";
const BLOG_HOST: &str = "blog.shop.example";

/// A product.
pub(crate) struct Product {
    /// What `prop.item` says.
    pub sku: String,
    /// Index of its category.
    pub category: u16,
    /// Price in cents.
    pub price: i32,
}

/// Pages and products, with the popularity of the products.
pub(crate) struct Catalogue {
    pages: Vec<String>,
    products: Vec<Product>,
    popularity: Weighted,
    articles: Weighted,
}

impl Catalogue {
    /// The catalogue of a key, with its pages in a folder: prices are log-normal around 30 EUR, the popularity follows Zipf's law with
    /// exponent 1.
    pub(crate) fn new(key: u64, folder: &str) -> Self {
        let mut dice = Dice::new(key, 0xca7a);
        let products: Vec<Product> = (0..PRODUCTS)
            .map(|number| Product {
                sku: format!("sku-{:04}", number + 1),
                category: (dice.below(CATEGORIES.len() as u32)) as u16,
                price: (dice.normal().mul_add(0.7, 3.4).exp().clamp(3.0, 900.0) as i32) * 100 + 90,
            })
            .collect();
        let mut pages: Vec<String> = FIXED.iter().map(|&path| path.to_owned()).collect();
        pages.extend(CATEGORIES.iter().map(|name| format!("/c/{name}")));
        pages.extend((1..=ARTICLES).map(|number| format!("/brewing-notes-{number}")));
        pages
            .extend(products.iter().map(|p| format!("/p/{}-{}", CATEGORIES[usize::from(p.category)], p.sku)));
        for page in &mut pages {
            page.insert_str(0, folder);
        }
        let zipf = |count: u32| Weighted::new((1..=count).map(|rank| 1.0 / f64::from(rank)));
        Self { pages, products, popularity: zipf(PRODUCTS), articles: zipf(u32::from(ARTICLES)) }
    }

    /// Host and path of a page.
    pub(crate) fn page(&self, page: PageId) -> (&str, &str) {
        let host = if (FIRST_ARTICLE..FIRST_PRODUCT).contains(&page) { BLOG_HOST } else { SHOP_HOST };
        (host, &self.pages[usize::from(page)])
    }

    /// A product.
    pub(crate) fn product(&self, item: ItemId) -> &Product {
        &self.products[usize::from(item)]
    }

    /// The name of an item's category.
    pub(crate) fn category(&self, item: ItemId) -> &'static str {
        CATEGORIES[usize::from(self.product(item).category)]
    }

    /// A product, drawn by popularity.
    pub(crate) fn any_item(&self, dice: &mut Dice) -> ItemId {
        dice.pick(&self.popularity) as ItemId
    }

    /// A category page.
    pub(crate) fn any_category(&self, dice: &mut Dice) -> PageId {
        FIRST_CATEGORY + dice.below(CATEGORIES.len() as u32) as PageId
    }

    /// An article's page, drawn by popularity.
    pub(crate) fn any_article(&self, dice: &mut Dice) -> PageId {
        FIRST_ARTICLE + dice.pick(&self.articles) as PageId
    }

    /// Any page that a robot would find.
    pub(crate) fn any_page(&self, dice: &mut Dice) -> PageId {
        FIRST_CATEGORY + dice.below(self.pages.len() as u32 - u32::from(FIRST_CATEGORY)) as PageId
    }

    /// The page of a product.
    pub(crate) const fn product_page(item: ItemId) -> PageId {
        FIRST_PRODUCT + item
    }
}
