; What C++ adds to the query of C.
(function_definition declarator: (reference_declarator (function_declarator declarator: (_) @name))) @function
(function_definition declarator: (operator_cast) @name) @function
(class_specifier name: (_) @name body: (_)) @class
(struct_specifier name: (template_type) @name body: (_)) @struct
(namespace_definition name: (_) @name) @namespace
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @type
(field_declaration_list [(field_declaration declarator: [
    (function_declarator declarator: (_) @name)
    (pointer_declarator declarator: (function_declarator declarator: (_) @name))
    (reference_declarator (function_declarator declarator: (_) @name))]) @method
  (declaration declarator: (function_declarator declarator: (_) @name)) @method])
(declaration_list (declaration (type_qualifier) declarator:
  (init_declarator declarator: (identifier) @name)) @constant)
(using_declaration) @import
