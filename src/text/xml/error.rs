//! What can be wrong with an XML document.

/// Why a text is not a well-formed document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct XmlError {
    /// What is wrong.
    pub kind: XmlErrorKind,
    /// The byte at which it was noticed.
    pub offset: usize,
}

/// The ways in which a document can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// quick-xml's own complaint.
    #[error("{0}")]
    Syntax(String),
    /// Nothing but white space and comments.
    #[error("the document has no root element")]
    NoRoot,
    /// A second element beside the root.
    #[error("a second root element; a document has one")]
    SecondRoot,
    /// Text, CDATA or a reference outside the root element.
    #[error("text outside the root element")]
    TextOutsideRoot,
    /// The text ends inside an element.
    #[error("the document ends inside <{0}>; was it cut off?")]
    Unclosed(String),
    /// An attribute that cannot be read.
    #[error("a malformed attribute: {0}")]
    Attribute(&'static str),
    /// The same attribute twice.
    #[error("attribute '{0}' stands twice in one element")]
    DuplicateAttribute(String),
    /// A name that XML does not allow.
    #[error("'{0}' is not an XML name")]
    Name(String),
    /// A prefix with no namespace.
    #[error("the prefix '{0}' is bound to no namespace")]
    UnboundPrefix(String),
    /// A reference that names nothing.
    #[error("'&{0};' is not an entity that a document without a DTD can have")]
    UnknownEntity(String),
    /// A character that XML does not allow.
    #[error("the character U+{0:04X} is not allowed in XML")]
    Character(u32),
    /// `]]>` in text.
    #[error("']]>' in text")]
    CdataEnd,
    /// A DTD. libvirt never prints one, and its entities are a known way to exhaust memory.
    #[error("a document type declaration; remove it (libvirt never prints one)")]
    Doctype,
    /// An XML declaration that is not the first thing in the text.
    #[error("an XML declaration that is not at the start of the document")]
    LateDeclaration,
    /// Another encoding than UTF-8 is declared.
    #[error("the encoding '{0}' is declared; convert the document to UTF-8")]
    Encoding(String),
    /// A limit on size, depth or count.
    #[error("more than {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much of it is accepted.
        limit: usize,
    },
}
