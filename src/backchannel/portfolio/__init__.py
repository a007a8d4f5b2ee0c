"""A student's portfolio: all that stands in the journal, lesson by lesson, as a page to hand in.

``binder`` finds the activities and what stands in each, ``contents`` says what a reader sees of each kind,
``page`` puts it in order as ``blocks``, ``html`` and ``markdown`` write these, ``files`` keeps them on disk.
"""
