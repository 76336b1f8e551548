; One match is one symbol: @name, and the whole under its kind. @import marks what is imported.
(class_definition name: (identifier) @name) @class
(function_definition name: (identifier) @name) @function
(module (expression_statement (assignment left: (identifier) @name
  right: (lambda)) @function))
(module (expression_statement (assignment left: (identifier) @name
  type: (type) @_annotation (#eq? @_annotation "TypeAlias")) @type))
(module (expression_statement (assignment left: (identifier) @name) @constant)
  (#match? @name "^_?[A-Z][A-Z0-9_]*$"))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @constant))
  (#match? @name "^_?[A-Z][A-Z0-9_]*$"))
(type_alias_statement left: (type (identifier) @name)) @type
(type_alias_statement left: (type (generic_type (identifier) @name))) @type
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
