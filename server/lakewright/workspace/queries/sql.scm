; One match is one symbol: @name, and the whole under its kind.
(create_table (object_reference) @name) @table
(create_view (object_reference) @name) @view
(create_materialized_view (object_reference) @name) @view
(create_function . (_)* . (object_reference) @name) @function
(create_procedure . (_)* . (object_reference) @name) @procedure
(create_schema (identifier) @name) @schema
(create_database (identifier) @name) @schema
(create_type (object_reference) @name) @type
(create_trigger . (keyword_create) . (keyword_trigger) . (object_reference) @name) @trigger
(create_index column: (identifier) @name) @index
(cte . (identifier) @name) @cte
