"""The coursework's TCP client: one sentence there, its answer back, and done."""
import sys
from socket import AF_INET, SOCK_STREAM, socket

client = socket(AF_INET, SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
client.send(input("Input lowercase sentence: ").encode())
print("From Server:", client.recv(1024).decode())
client.close()
