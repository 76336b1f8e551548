; One match is one symbol: @name, and the whole under its kind. @import marks what is imported.
; @receiver names the type that an `impl` is for: not a symbol, but the parent of its functions.
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(struct_item name: (type_identifier) @name) @struct
(union_item name: (type_identifier) @name) @struct
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @trait
(type_item name: (type_identifier) @name) @type
(associated_type name: (type_identifier) @name) @type
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
(mod_item name: (identifier) @name body: (_)) @module
(impl_item type: (_) @name) @impl
(use_declaration) @import
(extern_crate_declaration) @import
