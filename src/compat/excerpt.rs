//! Lines of documents, by which a rule shows what it looks at.

use super::holds::Side;
use crate::model::DocumentKind;

/// Lines of one document of an inventory. Made up; what a document has besides is as everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Whose it is. The source's guest is the guest itself, the target's another one that is there.
    pub side: Side,
    /// The document.
    pub document: DocumentKind,
    /// Lines of it.
    pub text: &'static str,
}

impl Excerpt {
    /// The host it would go to is an ARM.
    pub const ARM_HOST: Self =
        Self::there(DocumentKind::Capabilities, "<host><cpu><arch>aarch64</arch></cpu></host>");

    /// The guest is an ARM guest, and both hosts are ARM.
    pub const ARM_GUEST: Self =
        Self::here(DocumentKind::Domain, "<os><type arch='aarch64' machine='virt-7.2'>hvm</type></os>");

    /// The same, and it is emulated.
    pub const EMULATED_ARM_GUEST: Self = Self::here(
        DocumentKind::Domain,
        "<domain type='qemu'>\n  <os><type arch='aarch64' machine='virt-7.2'>hvm</type></os>\n</domain>",
    );

    /// Lines of a document of the guest, its host, or the cluster.
    pub const fn here(document: DocumentKind, text: &'static str) -> Self {
        Self { side: Side::Source, document, text }
    }

    /// Lines of a document of the host that the guest would go to.
    pub const fn there(document: DocumentKind, text: &'static str) -> Self {
        Self { side: Side::Target, document, text }
    }
}
