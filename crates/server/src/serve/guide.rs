//! The user guide at `/docs`: the pages of `docs/guide` and the glossary, embedded in the binary. It must not know
//! what they say.

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html::push_html};
use rust_embed::RustEmbed;

use super::{App, answer};

#[derive(RustEmbed)]
#[folder = "../../docs/guide"]
struct Guide;

const FIRST: &str = "index";
/// A page outside of that folder, because all documents use it.
const GLOSSARY: (&str, &str) = ("glossary", include_str!("../../../../docs/glossary.md"));
const PICTURES: &str = "pictures/";
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async || page(FIRST)))
        .route("/docs/guide.css", get(async || of_kind("text/css; charset=utf-8", STYLE.to_owned())))
        .route("/docs/{page}", get(async |Path(name): Path<String>| page(&name)))
        .route("/docs/pictures/{name}", get(async |Path(name): Path<String>| picture(&name)))
}

fn page(name: &str) -> Response {
    match text(name) {
        Some(text) => of_kind("text/html; charset=utf-8", drawn(&text)),
        None => (StatusCode::NOT_FOUND, "Page not found. The guide starts at /docs/.\n").into_response(),
    }
}

fn text(name: &str) -> Option<String> {
    if name == GLOSSARY.0 {
        return Some(GLOSSARY.1.to_owned());
    }
    let file = Guide::get(&format!("{name}.md"))?;
    String::from_utf8(file.data.into_owned()).ok()
}

fn picture(name: &str) -> Response {
    let Some(file) = Guide::get(&format!("{PICTURES}{name}")) else {
        return answer::text(StatusCode::NOT_FOUND, "Picture not found.\n");
    };
    of_kind("image/png", file.data.into_owned())
}

fn of_kind(kind: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE);
    response
}

/// The page of a text in Markdown (CommonMark, with tables). Links from file to file become links from page to page.
fn drawn(text: &str) -> String {
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("Waymark");
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} · Waymark</title><link rel=\"stylesheet\" \
         href=\"/docs/guide.css\"></head><body><nav aria-label=\"Guide\"><a href=\"/\">Dashboard</a> \
         <a href=\"/docs/\">Guide</a> <a href=\"/docs/glossary\">Glossary</a> \
         <a href=\"/api\">API</a></nav><main>"
    );
    push_html(&mut page, Parser::new_ext(text, Options::ENABLE_TABLES).map(linked));
    page.push_str("</main></body></html>\n");
    page
}

fn linked(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: to_page(dest_url), title, id })
        }
        // Alignment is written as a style, which the policy forbids.
        Event::Start(Tag::Table(columns)) => {
            Event::Start(Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()]))
        }
        event => event,
    }
}

fn to_page(link: CowStr<'_>) -> CowStr<'_> {
    match page_name(&link) {
        Some(page) => format!("/docs/{page}").into(),
        None => link,
    }
}

/// The page that a link to a file names: `glossary` for `../glossary.md`.
fn page_name(link: &str) -> Option<&str> {
    link.strip_suffix(".md").map(|path| path.rsplit_once('/').map_or(path, |(_, name)| name))
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.6 system-ui,sans-serif;margin:0}\
nav{display:flex;gap:1.25rem;padding:.75rem 1.25rem;border-bottom:1px solid #8883}\
main{max-width:44rem;margin:1.5rem auto 4rem;padding:0 1.25rem}\
h1{line-height:1.2}\
h2{margin-top:2.2rem}\
img{max-width:100%;border:1px solid #8883;border-radius:10px}\
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}\
th,td{text-align:left;padding:.35rem 1.1rem .35rem 0;border-bottom:1px solid #8883;vertical-align:top}\
pre{background:#8881;padding:.8rem 1rem;border-radius:8px;overflow-x:auto}\
code{font:.9em ui-monospace,monospace}\n";

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of all pages.
    fn pages() -> Vec<String> {
        let files = Guide::iter();
        let names = files.filter_map(|file| file.strip_suffix(".md").map(str::to_owned));
        names.chain([GLOSSARY.0.to_owned()]).collect()
    }

    #[test]
    fn every_link_of_the_guide_leads_somewhere() {
        for file in pages() {
            let text = text(&file).unwrap();
            for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
                match event {
                    Event::Start(Tag::Link { dest_url, .. }) => {
                        let is_known = page_name(&dest_url).is_none_or(|page| super::text(page).is_some());
                        assert!(is_known, "{file} links to {dest_url}");
                    }
                    Event::Start(Tag::Image { dest_url, .. }) => {
                        assert!(Guide::get(&dest_url).is_some(), "{file} shows {dest_url}");
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn pages_keep_to_the_policy() {
        for file in pages() {
            let page = drawn(&text(&file).unwrap());
            assert!(!page.contains("style=") && !page.contains("<script"), "{file}");
            assert!(!page.contains(".md\""), "{file}");
        }
        assert!(text("../counting").is_none() && text("nowhere").is_none());
    }
}
