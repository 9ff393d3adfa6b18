"""The command line: parse options, call one function for each room, print, return a code."""
