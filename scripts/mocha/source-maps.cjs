// Stacks name the lines of the sources. As an option of Node it would make mocha start a second process, which outlives an interruption.
process.setSourceMapsEnabled(true);
