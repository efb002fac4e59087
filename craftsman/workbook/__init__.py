"""Excel in and out: the blank workbook, reading what comes back, checking each cell, returning it with its errors."""
