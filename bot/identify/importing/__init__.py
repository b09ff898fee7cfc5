"""Importing: `files` takes a file from end to end, `undo` takes it back.

On the way: `text` and `workbook` open it, `table` and `columns` cut it, `rows` says what its cells mean (`cells`,
`locale`), `checking` reads it whole, and `customers`, `orders`, `contacts`, `knowledge` put it into the database.
Nothing is imported here: who reads one phone number (`cells`) needs no library for spreadsheets.
"""
