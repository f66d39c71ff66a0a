//! Taxonomies and their terms: the reference lists.

use relais_domain::directory::hsds::{Scheme, Taxonomy, TaxonomyTerm, Term};
use relais_domain::shared::contact::Language;
use relais_domain::shared::fold_text;
use uuid::Uuid;

use super::page::HsdsPage;
use super::query::{Paged, SearchFilter, TermFilter};
use crate::Refusal;

/// Whether every word of a question occurs in one of the texts.
fn has_words(question: Option<&str>, texts: &[&str]) -> bool {
    let text = texts.iter().map(|text| fold_text(text)).collect::<Vec<_>>().join(" ");
    fold_text(question.unwrap_or_default()).split(' ').all(|word| text.contains(word))
}

/// Lists the taxonomies.
pub fn list_taxonomies(query: &Paged<SearchFilter>) -> HsdsPage<Taxonomy> {
    let all = Scheme::ALL.iter().map(|scheme| scheme.taxonomy());
    let wanted = |one: &Taxonomy| has_words(query.filter.search.as_deref(), &[&one.name, &one.description]);
    HsdsPage::out_of(all.filter(wanted).collect(), &query.paging)
}

/// Reads one taxonomy.
///
/// # Errors
/// `not_found` (404).
pub fn read_taxonomy(id: Uuid) -> Result<Taxonomy, Refusal> {
    Ok(Scheme::by_id(id).ok_or(Refusal::NotFound)?.taxonomy())
}

/// Lists the terms of all taxonomies.
pub fn list_taxonomy_terms(language: Language, query: &Paged<TermFilter>) -> HsdsPage<TaxonomyTerm> {
    let TermFilter { search, taxonomy_id, top_only, parent_id } = &query.filter;
    let wanted = |one: &TaxonomyTerm| {
        let code = one.code.as_deref().unwrap_or_default();
        has_words(search.as_deref(), &[code, &one.name, &one.description])
            && (taxonomy_id.is_none() || *taxonomy_id == one.taxonomy_id)
            && (parent_id.is_none() || *parent_id == one.parent_id)
            && (*top_only != Some(true) || one.parent_id.is_none())
    };
    HsdsPage::out_of(Term::all().map(|term| term.record(language, false)).filter(wanted).collect(), &query.paging)
}

/// Reads one term.
///
/// # Errors
/// `not_found` (404).
pub fn read_taxonomy_term(language: Language, id: Uuid) -> Result<TaxonomyTerm, Refusal> {
    Ok(Term::by_id(id).ok_or(Refusal::NotFound)?.record(language, true))
}
