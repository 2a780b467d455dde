//! What the core's public types say: the one description that every language's
//! records, options and errors are made of.

use std::path::Path;

use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Ident, ImplItem, Item, Lit, LitStr, Pat, ReturnType, Token, Visibility};

use super::docs::Doc;
use crate::Result;
use crate::files::{files, read};

/// The records that calls give, each after those that it is made of.
const RECORDS: [&str; 12] = [
    "FallbackStep",
    "Receipt",
    "FallbackReceipt",
    "MessageRecord",
    "Page",
    "Balance",
    "Spending",
    "Reply",
    "JournalConflict",
    "JournalRecord",
    "JournalTotal",
    "JournalSummary",
];

/// What a program sets before a call.
const SETTINGS: [&str; 4] = ["ClientBuilder", "CallOptions", "MessageFilter", "Request"];

pub(crate) struct Interface {
    pub(crate) records: Vec<Record>,
    /// Its fields are the getters of an error.
    pub(crate) error: Record,
    pub(crate) settings: Vec<Record>,
    /// Parents before their children.
    pub(crate) classes: Vec<Row>,
    pub(crate) kinds: Vec<Row>,
    pub(crate) outcomes: Vec<Row>,
}

/// A type and its fields, or its setters.
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) fields: Vec<Field>,
    pub(crate) constructor: Constructor,
}

/// What a builder begins with; nothing for what is no builder.
#[derive(Default)]
pub(crate) struct Constructor {
    pub(crate) doc: Doc,
    /// Their names.
    pub(crate) parameters: Vec<String>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) ty: Type,
    /// Whether it may be absent.
    pub(crate) optional: bool,
    /// The names of a setter's parameters.
    pub(crate) parameters: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Text,
    Texts,
    /// A name and a value, to add.
    Pair,
    /// A currency and an amount of it.
    AmountOf,
    /// Names and values.
    Pairs,
    /// The text of a JSON value.
    Json,
    /// An exact decimal number.
    Amount,
    Path,
    Bool,
    /// An HTTP status.
    Status,
    /// A whole number of 32 bits.
    Count,
    /// A whole number of 64 bits.
    Size,
    /// Any number.
    Number,
    Duration,
    Outcome,
    Kind,
    Class,
    /// A path, a URL, or a journal that is open.
    Journal,
    Record(String),
    Records(String),
}

/// One variant of an enum, with what a table says of it.
pub(crate) struct Row {
    pub(crate) variant: String,
    pub(crate) doc: Doc,
    /// The name of the class, or the word.
    pub(crate) name: String,
    /// The name of the class above.
    pub(crate) parent: Option<String>,
    /// What else the table says, by its words: `code`, `status`, `kind`, `outcome`.
    pub(crate) implies: Vec<(String, String)>,
}

impl Interface {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let core = Core::parse(&root.join("core/src"))?;
        let classes: Table = core.table("error_classes")?;
        let kinds: Table = core.table("kinds")?;
        Ok(Self {
            records: RECORDS.iter().map(|name| core.record(name)).collect::<Result<_>>()?,
            error: core.getters("Error")?,
            settings: SETTINGS.iter().map(|name| core.setters(name)).collect::<Result<_>>()?,
            classes: classes.with_parents(),
            kinds: kinds.rows,
            outcomes: core.words("Outcome")?,
        })
    }
}

impl Interface {
    /// The same without these options of a client.
    pub(crate) fn without(mut self, options: &[&str]) -> Self {
        for settings in &mut self.settings {
            settings.fields.retain(|option| !options.contains(&option.name.as_str()));
        }
        self
    }
}

/// The source of the core.
struct Core {
    items: Vec<Item>,
}

impl Core {
    fn parse(source: &Path) -> Result<Self> {
        let mut items = Vec::new();
        for folder in ["error", "types", "config"] {
            for file in files(&source.join(folder))? {
                if file.extension().is_some_and(|extension| extension == "rs") {
                    let text = read(&file)?;
                    let parsed =
                        syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
                    items.extend(parsed.items);
                }
            }
        }
        Ok(Self { items })
    }

    /// A struct: its public fields, and then its accessors, which give JSON.
    fn record(&self, name: &str) -> Result<Record> {
        let item = self.items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let item = item.ok_or_else(|| format!("the core has no struct {name}"))?;
        let mut fields = Vec::new();
        for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
            let ident =
                field.ident.as_ref().ok_or_else(|| format!("{name} is no record: it has no names"))?;
            let (ty, optional) = read_type(&field.ty)
                .ok_or_else(|| format!("{name}::{ident} has a type that no other language has"))?;
            let doc = Doc::of(&field.attrs);
            fields.push(Field { name: ident.to_string(), doc, ty, optional, parameters: Vec::new() });
        }
        for mut accessor in self.getters(name)?.fields {
            accessor.ty = Type::Json;
            fields.push(accessor);
        }
        Ok(Record {
            name: name.to_owned(),
            doc: Doc::of(&item.attrs),
            fields,
            constructor: Constructor::default(),
        })
    }

    /// The methods of a type that take nothing and give a value.
    fn getters(&self, name: &str) -> Result<Record> {
        let mut fields = Vec::new();
        for method in self.methods(name) {
            let takes_self =
                matches!(method.sig.inputs.first(), Some(FnArg::Receiver(it)) if it.reference.is_some());
            let ReturnType::Type(_, given) = &method.sig.output else { continue };
            if method.sig.inputs.len() != 1 || !takes_self || !method.sig.generics.params.is_empty() {
                continue;
            }
            let (ty, optional) = read_type(given)
                .ok_or_else(|| format!("{name}::{} gives what no other language has", method.sig.ident))?;
            let doc = Doc::of(&method.attrs);
            fields.push(Field {
                name: method.sig.ident.to_string(),
                doc,
                ty,
                optional,
                parameters: Vec::new(),
            });
        }
        Ok(Record {
            name: name.to_owned(),
            doc: self.doc(name)?,
            fields,
            constructor: Constructor::default(),
        })
    }

    /// The methods of a builder that give it back with one thing set. Those whose
    /// argument is a type of its own (a callback) are each language's own business.
    fn setters(&self, name: &str) -> Result<Record> {
        let (mut fields, mut constructor) = (Vec::new(), Constructor::default());
        for method in self.methods(name) {
            let inputs = &method.sig.inputs;
            let arguments: Vec<_> = inputs
                .iter()
                .filter_map(|input| match input {
                    FnArg::Typed(argument) => Some((parameter(&argument.pat)?, read_type(&argument.ty)?.0)),
                    FnArg::Receiver(_) => None,
                })
                .collect();
            let gives_self = matches!(&method.sig.output, ReturnType::Type(_, given) if is_self(given));
            let takes_self = matches!(inputs.first(), Some(FnArg::Receiver(it)) if it.reference.is_none());
            let all_are_known = arguments.len() + usize::from(takes_self) == inputs.len();
            let (parameters, types): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
            if method.sig.ident == "new" {
                constructor = Constructor { doc: Doc::of(&method.attrs), parameters };
                continue;
            }
            if !gives_self || !takes_self || !all_are_known {
                continue;
            }
            let ty = match types.as_slice() {
                [ty] => ty.clone(),
                [Type::Text, Type::Text] if parameters[1] == "amount" => Type::AmountOf,
                [Type::Text, Type::Text] => Type::Pair,
                _ => continue,
            };
            let doc = Doc::of(&method.attrs);
            fields.push(Field { name: method.sig.ident.to_string(), doc, ty, optional: true, parameters });
        }
        Ok(Record { name: name.to_owned(), doc: self.doc(name)?, fields, constructor })
    }

    /// The public methods of a type, but those that its pages don't show.
    fn methods(&self, name: &str) -> impl Iterator<Item = &syn::ImplItemFn> {
        let is_of = move |item: &&syn::ItemImpl| {
            item.trait_.is_none() && last_name(&item.self_ty) == Some(name.to_owned())
        };
        let impls = self.items.iter().filter_map(|item| match item {
            Item::Impl(item) => Some(item),
            _ => None,
        });
        impls.filter(is_of).flat_map(|item| &item.items).filter_map(|item| match item {
            ImplItem::Fn(method) if is_public(&method.vis) && !is_hidden(&method.attrs) => Some(method),
            _ => None,
        })
    }

    fn doc(&self, name: &str) -> Result<Doc> {
        let attributes = self.items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(&item.attrs),
            _ => None,
        });
        attributes
            .map(|attributes| Doc::of(attributes))
            .ok_or_else(|| format!("the core has no struct {name}"))
    }

    /// The variants of an enum whose words are their names.
    fn words(&self, name: &str) -> Result<Vec<Row>> {
        let variants = self.items.iter().find_map(|item| match item {
            Item::Enum(item) if item.ident == name => Some(&item.variants),
            _ => None,
        });
        let variants = variants.ok_or_else(|| format!("the core has no enum {name}"))?;
        let row = |variant: &syn::Variant| Row {
            variant: variant.ident.to_string(),
            doc: Doc::of(&variant.attrs),
            name: snake_case(&variant.ident.to_string()),
            parent: None,
            implies: Vec::new(),
        };
        Ok(variants.iter().map(row).collect())
    }

    /// What a macro of the core makes an enum of.
    fn table(&self, name: &str) -> Result<Table> {
        let tokens = self.items.iter().find_map(|item| match item {
            Item::Macro(item) if item.mac.path.is_ident(name) => Some(item.mac.tokens.clone()),
            _ => None,
        });
        let tokens = tokens.ok_or_else(|| format!("the core has no table {name}"))?;
        syn::parse2(tokens).map_err(|error| format!("the table {name}: {error}"))
    }
}

/// The enum that `error_classes!` or `kinds!` is given.
struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Parents by their names, instead of their variants.
    fn with_parents(mut self) -> Vec<Row> {
        let names: Vec<_> =
            self.rows.iter().map(|row| (snake_case(&row.variant), row.name.clone())).collect();
        for row in &mut self.rows {
            let above = row.parent.take();
            row.parent = names
                .iter()
                .find(|(variant, _)| Some(variant) == above.as_ref())
                .map(|(_, name)| name.clone());
        }
        self.rows
    }
}

impl Parse for Table {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        input.parse::<Token![pub]>()?;
        input.parse::<Token![enum]>()?;
        input.parse::<Ident>()?;
        let body;
        syn::braced!(body in input);
        let mut rows = Vec::new();
        while !body.is_empty() {
            rows.push(body.parse()?);
        }
        Ok(Self { rows })
    }
}

impl Parse for Row {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let doc = Doc::of(&Attribute::parse_outer(input)?);
        let variant: Ident = input.parse()?;
        input.parse::<Token![=>]>()?;
        let name: LitStr = input.parse()?;
        let (mut parent, mut implies) = (None, Vec::new());
        while input.parse::<Option<Token![,]>>()?.is_some() {
            let word: Ident = input.parse()?;
            let value = match input.peek(Ident) {
                true => snake_case(&input.parse::<Ident>()?.to_string()),
                false => match input.parse()? {
                    Lit::Str(text) => text.value(),
                    other => other.to_token_stream().to_string(),
                },
            };
            match word == "below" {
                true => parent = Some(value),
                false => implies.push((word.to_string(), value)),
            }
        }
        input.parse::<Token![;]>()?;
        Ok(Self { variant: variant.to_string(), doc, name: name.value(), parent, implies })
    }
}

/// The type as other languages have it, and whether a value may be absent.
fn read_type(ty: &syn::Type) -> Option<(Type, bool)> {
    match ty {
        syn::Type::Reference(reference) => match &*reference.elem {
            syn::Type::Slice(slice) => Some((list_of(&slice.elem)?, false)),
            other => read_type(other),
        },
        syn::Type::ImplTrait(given) => {
            let [syn::TypeParamBound::Trait(bound)] = given.bounds.iter().collect::<Vec<_>>()[..] else {
                return None;
            };
            let last = bound.path.segments.last()?;
            match (last.ident.to_string().as_str(), argument(last)?) {
                ("Into", syn::GenericArgument::Type(ty)) => read_type(ty),
                ("IntoIterator", syn::GenericArgument::AssocType(item)) => {
                    (read_type(&item.ty)?.0 == Type::Text).then_some((Type::Texts, false))
                }
                _ => None,
            }
        }
        syn::Type::Path(path) => {
            let last = path.path.segments.last()?;
            let ty = match last.ident.to_string().as_str() {
                "Option" => match argument(last)? {
                    syn::GenericArgument::Type(ty) => return Some((read_type(ty)?.0, true)),
                    _ => return None,
                },
                "Vec" => match argument(last)? {
                    syn::GenericArgument::Type(ty) => list_of(ty)?,
                    _ => return None,
                },
                "String" | "str" => Type::Text,
                "PathBuf" => Type::Path,
                "Decimal" => Type::Amount,
                "bool" => Type::Bool,
                "u16" => Type::Status,
                "u32" => Type::Count,
                "u64" | "usize" => Type::Size,
                "f64" => Type::Number,
                "Duration" => Type::Duration,
                "Outcome" => Type::Outcome,
                "Kind" => Type::Kind,
                "ErrorClass" => Type::Class,
                "JournalHandle" => Type::Journal,
                name if RECORDS.contains(&name) => Type::Record(name.to_owned()),
                _ => return None,
            };
            Some((ty, false))
        }
        _ => None,
    }
}

fn list_of(element: &syn::Type) -> Option<Type> {
    if matches!(element, syn::Type::Tuple(tuple) if tuple.elems.len() == 2) {
        return Some(Type::Pairs);
    }
    match read_type(element)?.0 {
        Type::Text => Some(Type::Texts),
        Type::Record(name) => Some(Type::Records(name)),
        _ => None,
    }
}

fn argument(segment: &syn::PathSegment) -> Option<&syn::GenericArgument> {
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    }
}

fn last_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

fn is_self(ty: &syn::Type) -> bool {
    last_name(ty).is_some_and(|name| name == "Self")
}

fn parameter(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    let hides = |attribute: &Attribute| {
        attribute.path().is_ident("doc") && attribute.parse_args::<Ident>().is_ok_and(|word| word == "hidden")
    };
    attributes.iter().any(hides)
}

/// `NotSent` as `not_sent`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `not_sent` as `notSent`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// What a setting is called where all its values are given at once: the name that an
/// error says, too.
pub(crate) fn several(setting: &Field) -> String {
    match setting.ty {
        Type::Pair if setting.name != "query" => format!("{}s", setting.name),
        _ => setting.name.clone(),
    }
}
