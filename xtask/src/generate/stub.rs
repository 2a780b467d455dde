//! The records of the Python stub, made of the tables that the module makes its classes of.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Item, LitBool, Token, braced, bracketed, parenthesized};

use super::written::between;
use crate::Result;
use crate::files::read;

const STUB: &str = "bindings-python/python/partner_messaging/_native.pyi";

/// The files with tables, in the order of the stub.
const TABLES: [&str; 2] = ["bindings-python/src/results.rs", "bindings-python/src/events.rs"];

/// The lines around the records.
const BEGIN: &str =
    "# Records: GENERATED from the tables of the native module by `cargo xtask generate`; change those.\n";
const END: &str = "# End of the records.\n";

/// The stub, with its records written anew: its path and its text.
pub(super) fn stub(root: &Path) -> Result<(String, String)> {
    let mut all = Vec::new();
    for file in TABLES {
        all.extend(tables(&read(&root.join(file))?).map_err(|error| format!("{file}: {error}"))?);
    }
    let names: Vec<_> = all.iter().map(|table| table.name.as_str()).collect();
    let classes = all.iter().map(|table| class(table, &names)).collect::<Result<String>>()?;
    Ok((STUB.to_owned(), between(root, STUB, BEGIN, END, &(classes + "\n"))?))
}

/// What `record!` is given.
struct Table {
    name: String,
    positional: Vec<Field>,
    keywords: Vec<Field>,
}

struct Field {
    name: String,
    ty: syn::Type,
    default: Option<String>,
}

fn tables(source: &str) -> syn::Result<Vec<Table>> {
    let items = syn::parse_file(source)?.items.into_iter();
    let tables = items.filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("record") => Some(item.mac.tokens),
        _ => None,
    });
    tables.map(syn::parse2).collect()
}

impl Parse for Table {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        let name: Ident = input.parse()?;
        let (head, fields);
        parenthesized!(head in input);
        head.parse::<TokenStream>()?;
        braced!(fields in input);
        let mut positional = Vec::new();
        while !fields.peek(Token![*]) {
            positional.push(fields.parse()?);
        }
        fields.parse::<Token![*]>()?;
        let mut keywords = Vec::new();
        while !fields.is_empty() {
            keywords.push(fields.parse()?);
        }
        // Methods besides are for Rust, or described by hand.
        input.parse::<TokenStream>()?;
        Ok(Self { name: name.to_string(), positional, keywords })
    }
}

impl Parse for Field {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Attribute::parse_outer(input)?;
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let default = match input.peek(syn::token::Bracket) {
            true => Some(default(input)?),
            false => None,
        };
        input.parse::<Token![=]>()?;
        input.parse::<syn::Expr>()?;
        input.parse::<Token![;]>()?;
        Ok(Self { name: name.to_string(), ty, default })
    }
}

/// A default as Python has it; one that is made in Rust isn't told.
fn default(input: ParseStream) -> syn::Result<String> {
    let value;
    bracketed!(value in input);
    if value.peek(LitBool) {
        return Ok(if value.parse::<LitBool>()?.value { "True" } else { "False" }.to_owned());
    }
    let value = value.parse::<TokenStream>()?.to_string();
    Ok(if value.starts_with('(') { "...".to_owned() } else { value })
}

/// A table's class; `records` are the names of all.
fn class(table: &Table, records: &[&str]) -> Result<String> {
    let Table { name, positional, keywords } = table;
    let types = |field: &Field| {
        types(&field.ty, records)
            .ok_or_else(|| format!("{name}.{} has a type that {STUB} has no word for", field.name))
    };
    let parameter = |field: &Field| {
        let default = field.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        Ok(format!("        {}: {}{default},\n", field.name, types(field)?.0))
    };
    let property = |field: &Field| {
        Ok(format!("    @property\n    def {}(self) -> {}: ...\n", field.name, types(field)?.1))
    };
    let parameters = positional.iter().map(parameter).collect::<Result<String>>()?;
    let by_keyword = keywords.iter().map(parameter).collect::<Result<String>>()?;
    let properties = positional.iter().chain(keywords).map(property).collect::<Result<String>>()?;
    Ok(format!(
        "
@final
class {name}:
    def __new__(
        cls,
{parameters}        *,
{by_keyword}    ) -> {name}: ...
{properties}    def to_dict(self) -> dict[str, Any]: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
"
    ))
}

/// What the constructor takes for a field of this type, and what the field gives; `None` for a
/// type that isn't known here.
fn types(ty: &syn::Type, records: &[&str]) -> Option<(String, String)> {
    let (name, argument) = parts(ty);
    let inner = || types(argument?, records);
    let (taken, given) = match name.as_str() {
        "String" | "Recipient" => ("str", "str"),
        "bool" => ("bool", "bool"),
        "u16" | "u32" | "u64" => ("int", "int"),
        "Seconds" => ("float", "float"),
        "Amount" => ("Amount", "Decimal"),
        "Private" => ("str | None", "str | None"),
        "Json" | "RawPage" => ("Json", "Json"),
        "RawObject" => ("Raw", "dict[str, Any]"),
        "Headers" => ("Mapping[str, str] | None", "dict[str, str]"),
        "Sent" => ("Literal[\"sent\"] | None", "Literal[\"sent\"]"),
        "Amounts" => ("Mapping[str, Decimal | str] | None", "dict[str, Decimal]"),
        "Option" => {
            let (taken, given) = inner()?;
            return Some((format!("{taken} | None"), format!("{given} | None")));
        }
        "Nested" => return inner(),
        "Tuple" => {
            let (taken, given) = inner()?;
            return Some((format!("Sequence[{taken}]"), format!("tuple[{given}, ...]")));
        }
        record if records.contains(&record) => (record, record),
        _ => return None,
    };
    Some((taken.to_owned(), given.to_owned()))
}

/// `Option` and `String` of `Option<String>`.
fn parts(ty: &syn::Type) -> (String, Option<&syn::Type>) {
    let syn::Type::Path(path) = ty else { return (ty.to_token_stream().to_string(), None) };
    let Some(last) = path.path.segments.last() else { return (String::new(), None) };
    let argument = match &last.arguments {
        syn::PathArguments::AngleBracketed(given) => given.args.first().and_then(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    };
    (last.ident.to_string(), argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_python_sees_it() {
        let source = "record! { /// A.
            A(py, it: core::A, raw = it.raw()) {
                /// B.
                b: Tuple<B> = it.b;
                *
                c: Option<Amount> [None] = it.c.map(|c| c.into());
                d: bool [false] = it.d;
                e: String [(String::new())] = it.e;
            }
            fn f(&self) {}
        }";
        let table = tables(source).unwrap().pop().unwrap();
        assert!(class(&table, &["A"]).unwrap_err().starts_with("A.b has a type"));
        let class = class(&table, &["A", "B"]).unwrap();
        for line in [
            "class A:",
            "        b: Sequence[B],",
            "        c: Amount | None = None,",
            "        d: bool = False,",
            "        e: str = ...,",
            "    def b(self) -> tuple[B, ...]: ...",
            "    def c(self) -> Decimal | None: ...",
        ] {
            assert!(class.lines().any(|there| there == line), "{line}: {class}");
        }
    }
}
