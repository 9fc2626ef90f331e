// Nothing here yet but the entry point; commands come with the first mode.
return 0;
