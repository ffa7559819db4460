// Package config turns flags, environment variables and a .env file into one checked [Config].
//
// Every setting has one name, in two spellings: MAX_SESSIONS in the environment and in .env, --max-sessions as a flag. A flag beats the
// environment, which beats .env, which beats the default. An empty value is an absent one, wherever it stands.
//
// The package reads what it is given (arguments, an environment, a folder) and nothing else; it changes neither the process's environment nor
// any file. A program embeds [Settings] in its kong command line, passes [Options] to kong.New, and asks [Settings.Config] for the values
// once the command line is parsed.
package config
