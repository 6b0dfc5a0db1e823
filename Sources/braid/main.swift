import Engine

Program.main()
