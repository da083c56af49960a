//! The chapters of the book, from `docs/book/SUMMARY.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::links::{self, Target};
use super::{reference, settings};

/// Returns the help of a subcommand of the tool, or of the tool itself.
pub(super) type Help<'a> = &'a dyn Fn(Option<&str>) -> Result<String>;

/// The assembled book.
#[derive(Debug)]
pub(super) struct Book {
    /// The Markdown files by name, with `SUMMARY.md`.
    files: BTreeMap<String, String>,
    images: Vec<PathBuf>,
}

/// A chapter: a document, a section of a document, or a generated text.
#[derive(Debug)]
struct Chapter {
    file: String,
    /// The document, relative to the repository.
    document: Option<PathBuf>,
    /// The anchor of the section.
    section: Option<String>,
    text: String,
}

impl Book {
    /// Reads the chapters and rewrites their links.
    ///
    /// # Errors
    ///
    /// Fails with all links that lead nowhere.
    pub(super) fn assemble(root: &Path, help: Help<'_>) -> Result<Self> {
        let folder = Path::new("docs/book");
        let summary = fs::read_to_string(root.join(folder).join("SUMMARY.md"))?;
        let mut chapters = Vec::new();
        for link in links::of(&summary) {
            chapters.push(Chapter::read(root, folder, &link.target, help)?);
        }
        let find = |path: &Path, section: Option<&str>| {
            let of = |chapter: &&Chapter| chapter.document.as_deref() == Some(path);
            let exact = chapters.iter().find(|it| of(it) && section.is_some() && it.section.as_deref() == section);
            exact.or_else(|| chapters.iter().find(|it| of(it) && it.section.is_none()))
        };

        let (mut files, mut images, mut problems) = (BTreeMap::new(), Vec::new(), Vec::new());
        for chapter in &chapters {
            let document = chapter.document.clone().unwrap_or_default();
            let base = document.parent().unwrap_or(Path::new(""));
            let text = links::rewritten(&chapter.text, |target| {
                let Some((path, anchor)) = local(base, target, &document) else { return Target::Keep };
                if let Some(found) = find(&path, anchor) {
                    let anchor = anchor.filter(|anchor| found.section.as_deref() != Some(anchor));
                    if anchor.is_some_and(|anchor| !links::anchors(&found.text).iter().any(|id| id == anchor)) {
                        problems.push(format!("{}: no section {target}", document.display()));
                    }
                    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
                    return Target::To(format!("{}{anchor}", found.file));
                }
                if !root.join(&path).exists() {
                    problems.push(format!("{}: {target} does not exist", document.display()));
                } else if path.extension().is_some_and(|extension| extension == "svg") {
                    images.push(root.join(&path));
                    return Target::To(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
                }
                // The book has no copy of the file.
                Target::Text
            });
            ensure!(files.insert(chapter.file.clone(), text).is_none(), "two chapters are {}", chapter.file);
        }
        let mut chapter = chapters.iter();
        let summary = links::rewritten(&summary, |_| match chapter.next() {
            Some(chapter) => Target::To(chapter.file.clone()),
            None => Target::Text,
        });
        files.insert("SUMMARY.md".to_owned(), summary);
        if !problems.is_empty() {
            bail!("the book has links that lead nowhere:\n  {}", problems.join("\n  "));
        }
        Ok(Self { files, images })
    }

    /// Returns the names and texts of the files.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(super) fn images(&self) -> impl Iterator<Item = &Path> {
        self.images.iter().map(PathBuf::as_path)
    }
}

impl Chapter {
    fn read(root: &Path, folder: &Path, target: &str, help: Help<'_>) -> Result<Self> {
        let generated = |text| Self { file: format!("{target}.md"), document: None, section: None, text };
        match target {
            "cli" => return reference::command_line(help).map(generated),
            "wit" => return reference::wit(&root.join("wit")).map(generated),
            "error-kinds" => return reference::error_kinds(&root.join("wit")).map(generated),
            "configuration" => return settings::chapter(root).map(generated),
            _ => {}
        }
        let (document, section) =
            local(folder, target, folder).with_context(|| format!("{target} is not a document"))?;
        let text =
            fs::read_to_string(root.join(&document)).with_context(|| format!("can't read {}", document.display()))?;
        let stem = document.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let prefix = if document.starts_with("guest/rust") { "rust-" } else { "" };
        match section {
            None => Ok(Self { file: format!("{prefix}{stem}.md"), document: Some(document), section: None, text }),
            Some(anchor) => {
                let text = links::section(&text, anchor).with_context(|| format!("{target}: no such section"))?;
                let section = Some(anchor.to_owned());
                Ok(Self { file: format!("{stem}-{anchor}.md"), document: Some(document), section, text })
            }
        }
    }
}

/// Returns the path in the repository and the anchor of a relative link, or `None` for other links.
fn local<'a>(base: &Path, target: &'a str, this: &Path) -> Option<(PathBuf, Option<&'a str>)> {
    if target.contains("://") || target.contains("::") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    if path.is_empty() {
        return Some((this.to_owned(), anchor));
    }
    let mut resolved = PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Component::ParentDir => _ = resolved.pop(),
            Component::CurDir => {}
            other => resolved.push(other),
        }
    }
    Some((resolved, anchor))
}
